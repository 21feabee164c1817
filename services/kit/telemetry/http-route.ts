import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';

/**
 * Names the route of the HTTP request that the code is answering, for its span and its metrics: a path has values in
 * it, which make a series of their own each.
 *
 * @param template for example `/v1/users/{user_id}`
 */
export function nameHttpRoute(template: string): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata) metadata.route = template;
}
