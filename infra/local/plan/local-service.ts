/** A Service on this machine. */
export interface LocalService {
  name: string;
  /** The name of its port: `grpc`, `http`. */
  port: string;
  /** `127.0.0.1:<port>` of each of its pods that runs here. */
  addresses: string[];
  /** The names of its pods, of all Deployments that it selects. */
  pods: string[];
  /** Commands that its declaration suggests. */
  examples?: readonly string[];
}
