// This module exists so that Protovalidate can be loaded late. A late `require` of the package itself would, in a bundle,
// load its CommonJS build, which brings a second copy of protobuf-es.
export { createValidator } from '@bufbuild/protovalidate';
