import { once } from 'node:events';
import { Client, type ClientDuplexStream, credentials, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import { service as health } from 'grpc-health-check';

const { Check: check, Watch: watch } = health as unknown as Record<
  'Check' | 'Watch',
  MethodDefinition<object, { status: string }>
>;

/** Calls what a server of the kit has from libraries, as a kubelet or grpcurl would. */
export interface LibraryClient {
  /** @param service none for all of them */
  check(service?: string): Promise<string>;
  watch(service?: string): OpenStream;
  reflect(): OpenStream;
  close(): void;
}

/** A stream that somebody keeps open. */
export interface OpenStream {
  /** What has come so far; only the number of replies tells anything for reflection. */
  readonly seen: string[];
  /** Resolves with the error it ended with, if with one. */
  readonly end: Promise<ServiceError | undefined>;
}

export function createLibraryClient(address: string): LibraryClient {
  const client = new Client(address, credentials.createInsecure());
  return {
    check: (service = '') =>
      new Promise((resolve, reject) => {
        const done = (error: ServiceError | null, reply?: { status: string }): void =>
          error ? reject(error) : resolve(reply?.status ?? '');
        client.makeUnaryRequest(check.path, check.requestSerialize, check.responseDeserialize, { service }, done);
      }),
    watch: (service = '') => {
      const { path, requestSerialize, responseDeserialize } = watch;
      return follow(client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service }), statusOf);
    },
    reflect: () => {
      const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
      const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(path, same, same);
      // ServerReflectionRequest { list_services: "" }
      stream.write(Buffer.from([0x3a, 0]));
      return follow(stream, (reply) => String((reply as Buffer).length));
    },
    close: () => client.close(),
  };
}

const same = (bytes: Buffer): Buffer => bytes;

const statusOf = (reply: unknown): string => (reply as { status: string }).status;

function follow(stream: NodeJS.EventEmitter, show: (reply: unknown) => string): OpenStream {
  const seen: string[] = [];
  stream.on('data', (reply: unknown) => seen.push(show(reply)));
  const failed = once(stream, 'error').then(([error]) => error as ServiceError);
  const ended = once(stream, 'end').then(() => undefined);
  ended.catch(() => undefined);
  return { seen, end: Promise.race([failed, ended.catch(() => failed)]) };
}
