// A module of its own, which is loaded when it is needed. By its own name the package could be loaded late only as what
// `require` takes: where packages are bundled that is another build than our imports take, with a second protobuf-es.
export { createValidator } from '@bufbuild/protovalidate';
