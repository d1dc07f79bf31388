// Answers from memory: node fastify-server.ts PORT ANSWERS, ANSWERS being a JSON file of path → answer's text.
import { readFileSync } from 'node:fs';
import fastify from 'fastify';

if (import.meta.main && process.argv.length === 4) await serve(Number(process.argv[2]), String(process.argv[3]));

async function serve(port: number, answersFile: string): Promise<void> {
  const answers: Record<string, string> = JSON.parse(readFileSync(answersFile, 'utf8'));
  const app = fastify();
  for (const [path, answer] of Object.entries(answers)) {
    app.route({
      method: ['GET', 'POST'],
      // A colon begins a parameter in Fastify's paths; two are one colon.
      url: path.replaceAll(':', '::'),
      handler: (_request, reply) => reply.type('application/json').send(answer),
    });
  }
  await app.listen({ port, host: '127.0.0.1' });
}
