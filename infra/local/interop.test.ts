import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserInfoService } from '../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../proto/gen/weft/user/v1/user_pb';
import { createGreeterHandlers } from '../../services/greeter/handlers';
import { greeter } from '../../services/greeter/service';
import type { Contract } from '../../services/kit/declaration/contract';
import { serve } from '../../services/kit/testing/serve';
import { userInfo } from '../../services/user-info/service';

// Python's grpcio as a client, which learns everything by reflection.

/** A Python that has grpcio-reflection; `WEFT_PYTHON` names one that is not on PATH. */
const PYTHON = process.env['WEFT_PYTHON'] ?? 'python3';
const missing = spawnSync(PYTHON, ['-c', 'import grpc_reflection'], { encoding: 'utf8' }).status !== 0;

if (missing)
  process.stderr.write(
    `SKIPPED: infra/local/interop.test.ts needs a Python with grpcio-reflection (pip install grpcio-reflection); ` +
      `"${PYTHON}" does not have it. Name another with WEFT_PYTHON.\n`,
  );

/** For a server that only has to describe its contracts. */
function answersOf({ methods }: Contract): object {
  return Object.fromEntries(methods.map(({ localName }) => [localName, () => ({})]));
}

(missing ? test.skip : test)('grpcio calls by reflection', async () => {
  const served = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
  const handlers = { info: answersOf(UserInfoService), accounts: answersOf(UserService) };
  const users = await serve(userInfo, handlers as never, userInfo.only('getUserInfo'));
  try {
    const args = [join(__dirname, 'interop.py'), served.address, users.address];
    const { stdout } = await promisify(execFile)(PYTHON, args);
    expect(JSON.parse(stdout)).toEqual({
      services: ['grpc.health.v1.Health', 'weft.greeter.v1.Greeter'],
      hello: {
        reply: { message: 'Hallo, Ada!', locale: 'de' },
        metadata: expect.objectContaining({ 'locale-bin': 'de', 'x-request-id': 'r-1' }) as object,
      },
      refused: { code: 'INVALID_ARGUMENT', details: 'request.invalid (name: must not be empty)' },
      health: { reply: { status: 'SERVING' }, metadata: expect.anything() as object },
      timestamp: 'google.protobuf.Timestamp',
    });
  } finally {
    await Promise.all([served.stop(), users.stop()]);
  }
});
