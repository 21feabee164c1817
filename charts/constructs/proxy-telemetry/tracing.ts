import type { Settings } from '../../environment/settings';
import type { IstioSpec } from '../istio';

/** Tracing by share and access logs for all requests, by the providers that settings name. */
export function tracingOf({ telemetry }: Settings): Pick<IstioSpec<'Telemetry'>, 'tracing' | 'accessLogging'> {
  const { sampling, tracing, accessLog } = telemetry;
  return {
    tracing: [{ providers: [{ name: tracing }], randomSamplingPercentage: sampling }],
    accessLogging: [{ providers: [{ name: accessLog }] }],
  };
}
