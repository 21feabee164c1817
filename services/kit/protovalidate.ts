// A module of its own, to be loaded when it is needed and as what it is to `require`: by its own name, `import()` takes
// the ES modules of the package, and those a second copy of protobuf-es.
export { createValidator } from '@bufbuild/protovalidate';
