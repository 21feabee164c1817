/**
 * Ends what is left of a process group, at once.
 *
 * @param leader the id of the process that the group began with, which may have ended
 * @returns whether there was anything
 */
export function killGroup(leader: number | undefined): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch {
    return false;
  }
}
