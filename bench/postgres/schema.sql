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
