/** A Service as addresses on this machine. */
export interface LocalService {
  name: string;
  /** The name of its port: `grpc`, `http`. */
  port: string;
  /** `127.0.0.1:<port>` of every pod behind it that runs here. */
  addresses: string[];
  /** The names of the pods behind it, of all Deployments that it selects. */
  pods: string[];
  /** Commands that its declaration suggests. */
  examples?: readonly string[];
}
