import type { ServiceSpec } from '../services/kit/declaration';
import { type Objective, objectivesOf } from './objectives';
import { platformAlerts, silenceAlerts } from './platform-alerts';
import type { RuleFile, RuleGroup } from './rule-file';
import { burnAlerts, LONG_WINDOWS, objectiveRecords, SHORT_WINDOWS, targetRecord, unmeasuredAlert } from './slo';

/** Settings of the rules. */
export interface RuleSettings {
  /** Only series of this environment; all by default, for a Prometheus per environment. */
  readonly environment?: string;
  /** The runbook of the alerts; `docs/telemetry.md` by default. */
  readonly runbook?: string;
  /** How often rules of short windows are evaluated, in seconds; 30 by default. Long windows take four times that. */
  readonly intervalSeconds?: number;
}

/** Makes the recording rules and alerts for services with objectives, and for telemetry itself. */
export function prometheusRules(specs: readonly ServiceSpec[], settings: RuleSettings = {}): RuleFile {
  const { environment, runbook = 'docs/telemetry.md' } = settings;
  const measured = specs.map((spec) => ({ spec, objectives: objectivesOf(spec, environment) }));
  return {
    groups: [
      { name: 'weft-telemetry', rules: [...platformAlerts(runbook), ...silenceAlerts(specs, runbook)] },
      ...measured
        .filter(({ objectives }) => objectives.length > 0)
        .flatMap(({ spec, objectives }) => sloGroups(spec.name, objectives, { ...settings, runbook })),
    ],
  };
}

function sloGroups(service: string, objectives: readonly Objective[], settings: RuleSettings): RuleGroup[] {
  const { environment, runbook = '', intervalSeconds = 30 } = settings;
  const common = environment === undefined ? {} : { deployment_environment_name: environment };
  const recorded = (windows: Parameters<typeof objectiveRecords>[1]) =>
    objectives.flatMap((objective) => objectiveRecords(objective, windows, common));
  return [
    { name: `slo-${service}-long`, interval: `${intervalSeconds * 4}s`, rules: recorded(LONG_WINDOWS) },
    {
      name: `slo-${service}`,
      interval: `${intervalSeconds}s`,
      rules: [
        ...objectives.map((objective) => targetRecord(objective, common)),
        ...recorded(SHORT_WINDOWS),
        ...objectives.flatMap((objective) => burnAlerts(objective, common, runbook)),
        ...objectives.flatMap((objective) => unmeasuredAlert(objective, common, runbook)),
      ],
    },
  ];
}
