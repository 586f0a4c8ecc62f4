import { raw } from './q6-raw.mjs';
import { claimStatement } from '../packages/adapters/sqlite/dist/tasks/claim-tasks.js';
import { settleStatement } from '../packages/adapters/sqlite/dist/tasks/settle-tasks.js';
const cs = claimStatement({ worker: 'b', leaseMs: 1, limit: 1 }, 1).sql;
const ss = settleStatement([{ id: 1, fence: 1, kind: 'completed' }], 1).sql;
const cut = cs.slice(0, cs.indexOf('RETURNING'));
const one =
  cut +
  `RETURNING id, fence, '[' || id || ',' || fence || ',' || priority || ',' || run_at || ',' || attempts || ',' || max_attempts || ',' || created_at || ',' || json_quote(type) || ',' || json_quote(limit_key) || ',' || json_quote(unique_key) || ',' || json_quote(schedule) || ',' || coalesce(failure, 'null') || ',' || payload || ']' AS task`;
const fmt =
  cut +
  `RETURNING id, fence, format('[%d,%d,%d,%d,%d,%d,%d,%s,%s,%s,%s,%s,%s]', id, fence, priority, run_at, attempts, max_attempts, created_at, json_quote(type), json_quote(limit_key), json_quote(unique_key), json_quote(schedule), coalesce(failure, 'null'), payload) AS task`;
const bare = cut + `RETURNING id, fence`;
const simple =
  cut.slice(0, cut.indexOf('WITH RECURSIVE')) +
  `SELECT id FROM task_queue INDEXED BY task_queue_by_turn WHERE status='waiting' AND type='mail.send' AND limit_key='mail.send' ORDER BY priority DESC, id LIMIT ?4) RETURNING id, fence`;
const nor = ss.slice(0, ss.indexOf('RETURNING'));
const correlated = `UPDATE task_queue SET status = 'completed', finished_at = ?2, result = NULL, failure = NULL,
    cancel_requested = 0, worker = NULL, lease_until = NULL, updated_at = ?2 WHERE id IN (SELECT value ->> 0 FROM json_each(?1)) AND status='running'`;
const order = `UPDATE task_queue AS t SET
    status = 'completed', finished_at = ?2, result = o.result, failure = NULL,
    cancel_requested = 0, worker = NULL, lease_until = NULL, updated_at = ?2
  FROM (SELECT value ->> '$[0]' AS id, value ->> '$[1]' AS fence, value ->> '$[2]' AS result FROM json_each(?1)) AS o
  WHERE t.id = o.id AND t.fence = o.fence AND t.status = 'running'`;
for (let i = 0; i < 2; i++) {
  await raw('as is');
  await raw('one text', { claimSql: one });
  await raw('format', { claimSql: fmt });
  await raw('bare', { claimSql: bare });
  await raw('simple select', { claimSql: simple });
  await raw('settle no returning', { claimSql: bare, settleSql: nor });
  await raw('settle in()', { claimSql: bare, settleSql: correlated });
  await raw('settle order', { claimSql: bare, settleSql: order });
}
