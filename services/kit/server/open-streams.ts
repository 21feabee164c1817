import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** Adds library services to a server. Their streams stay open as long as a client listens. */
export interface OpenStreams extends Pick<Server, 'addService'> {
  /** Ends every open stream without an error, so that clients ask again and reach another server. */
  end(): void;
}

interface Stream {
  end(): void;
  once(event: string, listener: () => void): unknown;
}

/** Keeps track of open streams. @param server gets the services */
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

/** The names that an implementation may use for methods with a stream of replies. */
function streamNames(definition: ServiceDefinition): Set<string | undefined> {
  const methods = Object.entries(definition).filter(([, { responseStream }]) => responseStream);
  return new Set(methods.flatMap(([name, { originalName }]) => [name, originalName]));
}
