import type { ServiceSpec } from '../../services/kit/declaration';
import type { Fault, FieldFault } from '../../services/kit/faults/fault';

/** Checks one declaration against all others. A fault without a file is in the declaration. */
export type Rule = (spec: ServiceSpec) => (FieldFault | Fault)[];
