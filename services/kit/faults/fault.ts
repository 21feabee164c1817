/** What is wrong, and what to write instead. */
export interface FaultText {
  /** Reads on after the path: `is missing`, `"a b" is not the name of a host`. */
  readonly message: string;
  /** An instruction: `write for example api.example.com`. */
  readonly fix: string;
}

/** A fault within one file. */
export interface FieldFault extends FaultText {
  /** The field, for example `calls.users`; empty for the file as a whole. */
  readonly path: string;
  /** Counted from 1; undefined where it is not known. */
  readonly line?: number | undefined;
}

/** Something that a person wrote and that does not work. */
export interface Fault extends FieldFault {
  /** Relative to the project, for example `services/greeter/service.ts`. */
  readonly file: string;
}

/** The same faults with the file that they are in. */
export function inFile(file: string, faults: readonly FieldFault[]): Fault[] {
  return faults.map((fault) => ({ file, ...fault }));
}

/** The same faults one level further out: `min` below `replicas.users` is `replicas.users.min`. */
export function below(path: string, faults: readonly FieldFault[]): FieldFault[] {
  return faults.map((fault) => ({ ...fault, path: [path, fault.path].filter(Boolean).join('.') }));
}

/** The faults without repetitions: two callers find the same faults in their callee. */
export function distinct(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
