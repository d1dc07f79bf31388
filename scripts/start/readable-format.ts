import { styleText } from 'node:util';

/** Steady colours, so that a service is found again at a glance. */
const colours = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'cyanBright', 'greenBright', 'magentaBright'] as const;

/** From a JSON line to "10:15:30.123 INFO Service A message {…}" in colour. Only a terminal needs it, so it is loaded late. */
export async function createReadableFormat(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: true,
    singleLine: true,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'hostname,service,caller,method,code,durationMs',
    messageFormat: ({ service, message, durationMs }) => {
      const name = String(service);
      const duration = typeof durationMs === 'number' ? ` ${durationMs} ms` : '';
      return `${styleText(colourOf(name), name, { validateStream: false })} ${withoutControls(String(message))}${duration}`;
    },
  });
}

function colourOf(name: string): (typeof colours)[number] {
  return colours[name.charCodeAt(name.length - 1) % colours.length] ?? 'cyan';
}

/** Parts of a message may come from afar; a terminal would obey what is in them. */
function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '');
}
