import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** A server for services of libraries, whose streams stay open for as long as somebody listens. */
export interface OpenStreams extends Pick<Server, 'addService'> {
  /** Ends every stream that is open, without an error: callers ask again, and reach another server. */
  end(): void;
}

interface Stream {
  end(): void;
  once(event: string, listener: () => void): unknown;
}

/** Remembers the streams that are open. @param server where the services really go */
export function createOpenStreams(server: Pick<Server, 'addService'>): OpenStreams {
  const open = new Set<Stream>();
  const watch = (handler: (call: Stream) => void) => (call: Stream) => {
    open.add(call);
    for (const event of ['cancelled', 'finish', 'close']) call.once(event, () => open.delete(call));
    handler(call);
  };
  return {
    addService: (definition, implementation) => {
      const streams = streamNames(definition);
      const watched = Object.entries(implementation).map(([name, handler]) => [
        name,
        streams.has(name) ? watch(handler.bind(implementation) as (call: Stream) => void) : handler,
      ]);
      server.addService(definition, Object.fromEntries(watched) as UntypedServiceImplementation);
    },
    end: () => {
      for (const stream of open) stream.end();
    },
  };
}

/** The names under which an implementation may have the methods that answer with a stream. */
function streamNames(definition: ServiceDefinition): Set<string | undefined> {
  const methods = Object.entries(definition).filter(([, { responseStream }]) => responseStream);
  return new Set(methods.flatMap(([name, { originalName }]) => [name, originalName]));
}
