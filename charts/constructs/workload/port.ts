import { GRPC_PORT, HTTP_PORT, type ServiceSpec } from '../../../services/kit/declaration';

/** The one port of a service; its name is also its application protocol. */
export interface ServicePort {
  name: 'grpc' | 'http';
  number: number;
}

export function portOf(spec: ServiceSpec): ServicePort {
  return spec.http ? { name: 'http', number: HTTP_PORT } : { name: 'grpc', number: GRPC_PORT };
}
