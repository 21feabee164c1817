// Everything that a declaration is: nothing here starts a server or opens a file.
export { hasOneRequest, methodOf, pathOf } from './contract';
export type { Contract } from './contract';
export { isObjectKey, isOwnVariable } from './declaration-faults';
export { declarationOf, faultsDeclaredBy, refuseDeclarations } from './declared';
export { DEFAULT_TIMEOUT, GRPC_PORT, HTTP_PORT, LIVENESS } from './defaults';
export { defineService, externalService } from './define-service';
export { isHost, isServiceHost, serviceHostFault } from './hosts';
export { isRepository } from './image';
export type { LatencyObjective, MethodObjectives, ObjectiveSpec, SloSpec } from './slo';
export { targetVariable } from './target-variable';
export type {
  CalledMethod,
  Calls,
  CallSpec,
  ClientMethods,
  DeclaredTypes,
  ExternalAddress,
  ExternalDeclaration,
  MethodRef,
  ServedContract,
  Serves,
  Service,
  ServiceDeclaration,
  ServiceSpec,
  StoreKind,
} from './types';
