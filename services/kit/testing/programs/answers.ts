/** Lets the test that started this process ask it things; see `Program.ask`. */
export function answerQuestions(answers: Readonly<Record<string, () => unknown>>): void {
  process.on('message', ({ id, question }: { id: number; question: string }) => {
    void Promise.resolve(answers[question]?.()).then((answer) => process.send?.({ id, answer }));
  });
  // Only a process whose test has died without ending it.
  process.once('disconnect', () => process.exit(1));
}
