import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';

/**
 * Names the route of the current HTTP request in its span and its metrics. The path itself would make a time series for
 * every value in it.
 *
 * @param template such as `/v1/users/{user_id}`
 */
export function nameHttpRoute(template: string): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata) metadata.route = template;
}
