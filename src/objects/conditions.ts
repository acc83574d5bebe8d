/** The conditions by which an object says how it is. */

/** Whether the condition is there and holds: `Unknown` is neither true nor false. */
export function holds(conditions: readonly { type: string; status: string }[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}
