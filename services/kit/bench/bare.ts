import { startBareServer } from './bare-server';

// A program of its own, for its start and its memory.
void startBareServer(Number(process.env['GRPC_PORT']));
