import type { ServiceSpec } from '../../services/kit/declaration';
import type { FieldFault } from '../../services/kit/faults/fault';
import { CROSS_CHECKS } from './cross-checks';
import { describeIssues } from './describe-issues';
import { crossChecked } from './fields';
import { type Settings, settingsSchema } from './settings';

/** Settings with the defaults for what they leave out, or all their faults. */
export function validateSettings(
  input: unknown,
  services: readonly ServiceSpec[],
): { settings: Settings | undefined; faults: FieldFault[] } {
  const schema = CROSS_CHECKS.reduce(
    (before, { reads, check }) => crossChecked(before, reads, (settings) => check(settings, services)),
    settingsSchema(services),
  );
  const { data, error } = schema.safeParse(input, { reportInput: true });
  return { settings: data, faults: error ? describeIssues(error) : [] };
}
