/** The environment variable that overrides where a service is found, for example `USER_INFO_GRPC_URL`. */
export function targetVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_GRPC_URL`;
}
