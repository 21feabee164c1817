import type { Document } from 'bson';
import type { Variables } from '../query/match';

/** What a pipeline can get at beside its input. */
export interface Surroundings {
  variables: Variables;
  /** The documents of another collection of the database. */
  read(collection: string): readonly Document[];
}

/** Takes the documents of the stage before. */
export type Stage = (documents: readonly Document[]) => Document[];

/** Makes a stage of the value behind its name. @param compile for a stage that has pipelines of its own */
export type CompileStage = (operand: unknown, surroundings: Surroundings, compile: CompilePipeline) => Stage;

/** Prepares a pipeline. @throws MongoError when it is not valid; also while running */
export type CompilePipeline = (pipeline: readonly unknown[], surroundings: Surroundings) => Stage;
