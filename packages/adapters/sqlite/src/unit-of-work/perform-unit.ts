import type { TransactionScope } from './transaction-scope.js';

/**
 * Runs the work of a unit of work to its end, or to its deadline: work that never settles is left behind, and can do
 * nothing any more. When this settles, no operation of it touches the connection or a file any more.
 */
export async function performUnit<Scope extends TransactionScope, T>(
  scope: Scope,
  work: (transaction: Scope) => Promise<T>,
): Promise<T> {
  const { interruption } = scope.unit;
  try {
    const result = await new Promise<T>((resolve, reject) => {
      interruption.listen(reject);
      scope.perform<T>(work as (transaction: TransactionScope) => Promise<T>).then(resolve, reject);
    });
    return result;
  } catch (error) {
    await scope.finish();
    throw error;
  } finally {
    interruption.stop();
  }
}
