import { answerQuestions } from './answers';
import { watchMemory } from './memory';

// Required ahead of a service, it says how much memory the process holds on to.

const memory = watchMemory(100);

answerQuestions({ memory: memory.read, restart: memory.restart });
