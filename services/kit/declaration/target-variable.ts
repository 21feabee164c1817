/** The environment variable that overrides the address of a service, for example `USER_INFO_GRPC_URL`. */
export function targetVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_GRPC_URL`;
}
