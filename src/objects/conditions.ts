/** The conditions in the status of an object. */

/** Whether the condition exists and is `True`. One that is `Unknown` does not hold. */
export function holds(conditions: readonly { type: string; status: string }[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}
