/**
 * Kills the rest of a process group.
 *
 * @param leader the id of the group's first process, which may have exited
 * @returns true if any process was left
 */
export function killGroup(leader: number | undefined): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch {
    return false;
  }
}
