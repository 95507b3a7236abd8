-- What the driver prepares, by name.
-- name: begin
begin
-- name: begin_serializable
begin isolation level serializable
-- name: commit
commit
-- name: rollback
rollback
-- name: claim_key
insert into idempotency (key, transfer_id) values ($1, nextval('transfer_ids'))
  on conflict do nothing returning transfer_id
-- name: outcome_of_key
select outcome_of($1, $2, $3, $4)
-- name: read_account
select balance, version from accounts where id = $1
-- name: lock_account
select balance, version from accounts where id = $1 for update
-- name: lock_accounts
select id, balance from accounts where id in ($1, $2) order by id for update
-- name: move
update accounts set balance = balance + $2 where id = $1 returning balance
-- name: move_if_unchanged
update accounts set balance = balance + $2, version = version + 1
  where id = $1 and version = $3 returning balance
-- name: set_balance
update accounts set balance = $2 where id = $1 returning balance
-- name: record_accepted
with booked as (
  insert into transfers (id, from_account, to_account, amount, is_accepted) values ($1, $2, $3, $4, true)
)
insert into entries (account_id, transfer_id, amount, balance_after)
  values ($2, $1, -$4::bigint, $5), ($3, $1, $4, $6)
-- name: record_declined
insert into transfers (id, from_account, to_account, amount, is_accepted) values ($1, $2, $3, $4, false)
-- name: transfer
select transfer($1, $2, $3, $4)
-- name: transfer_all
select transfer(o.key, o.payer, o.payee, o.sum)
  from unnest($1::uuid[], $2::int[], $3::int[], $4::bigint[]) as o (key, payer, payee, sum)
-- name: transfer_netted
select unnest(transfer_netted($1, $2, $3, $4))
