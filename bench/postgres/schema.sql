-- The ledger as a team would build it on PostgreSQL, kept lean on purpose: no foreign keys, no
-- triggers, one index a table. Account 0 is where the money comes from.
drop schema if exists public cascade;
create schema public;

-- Half of each page is left free, so that a new balance finds room beside the old one (HOT).
create table accounts (
  id int primary key,
  balance bigint not null,
  version bigint not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000);

create sequence transfer_ids cache 100;

create table idempotency (
  key uuid primary key,
  transfer_id bigint not null
);

create table transfers (
  id bigint primary key,
  at timestamptz not null default clock_timestamp(),
  amount bigint not null,
  from_account int not null,
  to_account int not null,
  is_accepted boolean not null
);

-- The key is what a statement reads by.
create table entries (
  account_id int not null,
  transfer_id bigint not null,
  amount bigint not null,
  balance_after bigint not null,
  primary key (account_id, transfer_id)
);

-- 1 accepted, 2 declined, 3 a repeat of one accepted, 4 a repeat of one declined.
create function outcome_of(wanted uuid, payer int, payee int, sum bigint) returns smallint
language plpgsql as $$
declare
  first transfers;
begin
  select t.* into strict first
    from idempotency i join transfers t on t.id = i.transfer_id where i.key = wanted;
  if (first.from_account, first.to_account, first.amount) <> (payer, payee, sum) then
    raise exception 'this key was used for another transfer' using errcode = 'DB001';
  end if;
  return case when first.is_accepted then 3 else 4 end;
end $$;

-- One transfer, in one go. The account with the smaller number first, so that two of them never
-- wait for each other. No separate lock: an update is one.
create function transfer(wanted uuid, payer int, payee int, sum bigint) returns smallint
language plpgsql as $$
declare
  new_id bigint;
  payer_balance bigint;
  payee_balance bigint;
begin
  insert into idempotency values (wanted, nextval('transfer_ids'))
    on conflict do nothing returning transfer_id into new_id;
  if new_id is null then
    return outcome_of(wanted, payer, payee, sum);
  end if;
  if payer > payee then
    update accounts set balance = balance + sum where id = payee
      returning balance into payee_balance;
  end if;
  update accounts set balance = balance - sum where id = payer and balance >= sum
    returning balance into payer_balance;
  if payer_balance is null then
    if payer > payee then
      update accounts set balance = balance - sum where id = payee;
    end if;
    insert into transfers (id, from_account, to_account, amount, is_accepted)
      values (new_id, payer, payee, sum, false);
    return 2;
  end if;
  if payer < payee then
    update accounts set balance = balance + sum where id = payee
      returning balance into payee_balance;
  end if;
  insert into transfers (id, from_account, to_account, amount, is_accepted)
    values (new_id, payer, payee, sum, true);
  insert into entries values (payer, new_id, -sum, payer_balance), (payee, new_id, sum, payee_balance);
  return 1;
end $$;

-- A whole batch in one go, as if `transfer` were called for one after the other: the keys and the
-- accounts are taken at once, what each transfer leaves is reckoned in arrays, and every account is
-- written once however often it is in the batch. The best we know to make of PostgreSQL.
create function transfer_netted(keys uuid[], payers int[], payees int[], sums bigint[]) returns smallint[]
language plpgsql as $$
declare
  size int := cardinality(keys);
  ids bigint[];           -- of those whose key is new
  accounts_used int[];
  balances bigint[];      -- by place in accounts_used
  payer_places int[];
  payee_places int[];
  payer_after bigint[] := array_fill(null::bigint, array[size]);
  payee_after bigint[] := array_fill(null::bigint, array[size]);
  outcomes smallint[] := array_fill(null::smallint, array[size]);
  payer int;
  payee int;
  sum bigint;
begin
  with asked as (select key, ord, row_number() over (partition by key order by ord) as times
                   from unnest(keys) with ordinality as o (key, ord)),
       taken as (insert into idempotency select key, nextval('transfer_ids') from asked where times = 1 order by ord
                   on conflict do nothing returning key, transfer_id)
  select array_agg(case when a.times = 1 then t.transfer_id end order by a.ord) into ids
    from asked a left join taken t on t.key = a.key;
  select array_agg(id), array_agg(balance) into accounts_used, balances
    from (select id, balance from accounts
            where id = any (array(select distinct unnest(payers || payees))) order by id for update) a;
  select array_agg(p.place order by o.ord), array_agg(q.place order by o.ord) into payer_places, payee_places
    from unnest(payers, payees) with ordinality as o (payer, payee, ord)
    join unnest(accounts_used) with ordinality as p (id, place) on p.id = o.payer
    join unnest(accounts_used) with ordinality as q (id, place) on q.id = o.payee;
  for i in 1 .. size loop
    continue when ids[i] is null;
    payer := payer_places[i];
    sum := sums[i];
    if balances[payer] < sum then
      outcomes[i] := 2;
      continue;
    end if;
    payee := payee_places[i];
    balances[payer] := balances[payer] - sum;
    balances[payee] := balances[payee] + sum;
    payer_after[i] := balances[payer];
    payee_after[i] := balances[payee];
    outcomes[i] := 1;
  end loop;
  insert into transfers (id, from_account, to_account, amount, is_accepted)
    select o.id, o.payer, o.payee, o.sum, o.outcome = 1
      from unnest(ids, payers, payees, sums, outcomes) as o (id, payer, payee, sum, outcome) where o.id is not null;
  insert into entries
    select e.* from unnest(ids, payers, payees, sums, payer_after, payee_after) as o (id, payer, payee, sum, one, two),
      lateral (values (o.payer, o.id, -o.sum, o.one), (o.payee, o.id, o.sum, o.two)) as e where o.one is not null;
  update accounts a set balance = v.balance
    from unnest(accounts_used, balances) as v (id, balance) where a.id = v.id and a.balance <> v.balance;
  for i in 1 .. size loop
    if ids[i] is null then
      outcomes[i] := outcome_of(keys[i], payers[i], payees[i], sums[i]);
    end if;
  end loop;
  return outcomes;
end $$;
