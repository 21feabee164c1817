// What tests of services import.
export { serve, type Served } from './serve';
