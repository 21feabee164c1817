import * as z from 'zod';
import { run } from '../kit/runtime/run';
import { createUserInfoHandlers } from './handlers';
import { messages } from './messages';
import { seedUsers } from './seed';
import { userInfo } from './service';
import { createUserStore } from './store';

run(
  userInfo,
  async ({ mongo, settings }) => {
    const users = await createUserStore(mongo);
    if (settings.SEED_DATA === 'true') await seedUsers(mongo);
    return createUserInfoHandlers({ users });
  },
  {
    messages,
    settings: z.object({ SEED_DATA: z.enum(['true', 'false'], { error: 'true or false' }).default('false') }),
  },
);
