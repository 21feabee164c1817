// What Weft knows of a mesh: names, splits, and the YAML they are written in. Pure functions.
export * from './names';
export * from './split';
export * from './split-reading';
export * from './variable-references';
export * from './yaml';
