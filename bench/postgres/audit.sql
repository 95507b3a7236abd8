-- Each line that comes back is something that should not be.
select 'the sum of all balances is ' || sum(balance) || ' instead of 0' from accounts having sum(balance) <> 0;
select count(*) || ' accounts are below zero' from accounts where id <> 0 and balance < 0 having count(*) > 0;
select count(*) || ' accounts are not the sum of their entries' from accounts a
  left join (select account_id, sum(amount) as moved from entries group by account_id) e on e.account_id = a.id
  where a.id <> 0 and a.balance <> :funds + coalesce(e.moved, 0) having count(*) > 0;
select count(*) || ' transfers lack a key of their own' from transfers t
  left join idempotency i on i.transfer_id = t.id where i.key is null having count(*) > 0;
select 'there are ' || e.n || ' entries for ' || t.n || ' accepted transfers'
  from (select count(*) as n from entries) e, (select count(*) as n from transfers where is_accepted) t
  where e.n <> 2 * t.n;
