const waiting = `SELECT id FROM task_queue INDEXED BY task_queue_by_turn WHERE status = 'waiting'`;

/**
 * For a `WITH RECURSIVE`: `heads`, the task that comes first of each type and limit key. Found by leaps through the
 * index: to the next key, else to the next type. Costs a look for each, however many tasks wait.
 */
export const waitingHeads = `heads(id) AS (
    SELECT (${waiting} ORDER BY type, limit_key, priority DESC, id LIMIT 1)
    UNION ALL
    SELECT coalesce(
      (${waiting} AND type = head.type AND limit_key > head.limit_key ORDER BY limit_key, priority DESC, id LIMIT 1),
      (${waiting} AND type > head.type ORDER BY type, limit_key, priority DESC, id LIMIT 1))
    FROM heads CROSS JOIN task_queue AS head ON head.id = heads.id
  )`;

/** The same for each type, limit key and priority: in such a range tasks are in the order of their ids. */
export const waitingRanges = `ranges(id) AS (
    SELECT (${waiting} ORDER BY type, limit_key, priority DESC, id LIMIT 1)
    UNION ALL
    SELECT coalesce(
      (${waiting} AND type = head.type AND limit_key = head.limit_key AND priority < head.priority
       ORDER BY priority DESC, id LIMIT 1),
      (${waiting} AND type = head.type AND limit_key > head.limit_key ORDER BY limit_key, priority DESC, id LIMIT 1),
      (${waiting} AND type > head.type ORDER BY type, limit_key, priority DESC, id LIMIT 1))
    FROM ranges CROSS JOIN task_queue AS head ON head.id = ranges.id
  )`;
