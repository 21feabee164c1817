import { MongoClient } from 'mongodb';
import { startMongoServer } from '../wire/server';

/** An embedded database and a client with command monitoring. */
export interface TestMongo {
  readonly uri: string;
  readonly port: number;
  readonly client: MongoClient;
  stop(): Promise<void>;
}

export async function startMongo(): Promise<TestMongo> {
  const server = await startMongoServer({ host: '127.0.0.1', port: 0 });
  const uri = `mongodb://127.0.0.1:${server.port}`;
  const client = new MongoClient(uri, { monitorCommands: true });
  const stop = async (): Promise<void> => {
    await client.close();
    await server.close();
  };
  return { uri, port: server.port, client, stop };
}
