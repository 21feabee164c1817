// Declarations are data: nothing here starts a server or opens a file.
export { unknownMethod } from './called-methods';
export { collectFaults, declarationPath } from './collect-faults';
export { hasOneRequest, methodOf, pathOf } from './contract';
export type { Contract } from './contract';
export { DEFAULT_TIMEOUT, GRPC_PORT, HTTP_PORT, LIVENESS } from './defaults';
export { defineService, externalService } from './define-service';
export { checkAddressRange, checkHost, checkOutside, checkPort, isDomain } from './hosts';
export { isRepository } from './image';
export { checkObjectKey } from './label';
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
export { checkScale } from './validate-declaration';
export { checkText, checkVariableName, checkVariableValue } from './variables';
