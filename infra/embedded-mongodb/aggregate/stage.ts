import type { Document } from 'bson';
import type { Variables } from '../query/match';

/** The surroundings of a pipeline. */
export interface Surroundings {
  variables: Variables;
  /** Reads another collection of the database. */
  read(collection: string): readonly Document[];
}

/** Transforms the documents of the previous stage. */
export type Stage = (documents: readonly Document[]) => Document[];

/** Compiles the operand of a stage. @param compile for pipelines inside the stage */
export type CompileStage = (operand: unknown, surroundings: Surroundings, compile: CompilePipeline) => Stage;

/** Compiles a pipeline. @throws MongoError if it is invalid; also while it runs */
export type CompilePipeline = (pipeline: readonly unknown[], surroundings: Surroundings) => Stage;
