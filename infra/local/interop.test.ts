import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGreeterHandlers } from '../../services/greeter/handlers';
import { greeter } from '../../services/greeter/service';
import { serve } from '../../services/kit/serve';

// A client that is not ours: Python's grpcio, which knows nothing but what reflection tells it.

/** A Python that has grpcio-reflection; `WEFT_PYTHON` names one that is not on PATH. */
const PYTHON = process.env['WEFT_PYTHON'] ?? 'python3';
const missing = spawnSync(PYTHON, ['-c', 'import grpc_reflection'], { encoding: 'utf8' }).status !== 0;

if (missing)
  process.stderr.write(
    `SKIPPED: infra/local/interop.test.ts needs a Python with grpcio-reflection (pip install grpcio-reflection); ` +
      `"${PYTHON}" is none. Name one by WEFT_PYTHON.\n`,
  );

(missing ? test.skip : test)(
  'grpcio finds its way by reflection',
  async () => {
    const { address, stop } = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
    try {
      const { stdout } = await promisify(execFile)(PYTHON, [join(__dirname, 'interop.py'), address]);
      expect(JSON.parse(stdout)).toEqual({
        services: ['grpc.health.v1.Health', 'weft.greeter.v1.Greeter'],
        hello: {
          reply: { message: 'Hallo, Ada!', locale: 'de' },
          metadata: expect.objectContaining({ 'locale-bin': 'de', 'request-id': 'r-1' }) as object,
        },
        refused: { code: 'INVALID_ARGUMENT', details: 'request.invalid (name: must not be empty)' },
        health: { reply: { status: 'SERVING' }, metadata: expect.anything() as object },
        timestamp: 'google.protobuf.Timestamp',
      });
    } finally {
      await stop();
    }
  },
  30_000,
);
