import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { serviceTable } from './table.ts';

describe('the environment of a service', () => {
  test('needs SERVICE_NAME alone', () => {
    assert.deepEqual(readConfiguration({ SERVICE_NAME: 'Service B', PORT: '' }), {
      row: serviceTable['Service B'],
      greeting: 'Namasté (नमस्ते), from Service B!',
      host: '0.0.0.0',
      port: 50051,
      metricsPort: undefined,
      logLevel: 'info',
      callees: [
        { name: 'Service D', address: 'service-d:50051' },
        { name: 'Service E', address: 'service-e:50051' },
      ],
      queueName: 'service-d.greeting',
      dataDirectory: '.data',
    });
  });

  test('sets everything', () => {
    const configuration = readConfiguration({
      SERVICE_NAME: 'Service A',
      HOST: '127.0.0.1',
      PORT: '50061',
      METRICS_PORT: '9464',
      LOG_LEVEL: 'debug',
      GREETING: 'Moin!',
      SERVICE_B_URL: 'b.example:1',
      SERVICE_C_URL: '[::1]:65535',
      SERVICE_D_URL: 'is not called by A',
      QUEUE_NAME: 'another',
      DATA_DIR: '/var/lib/greeting',
    });
    assert.deepEqual(configuration, {
      row: serviceTable['Service A'],
      greeting: 'Moin!',
      host: '127.0.0.1',
      port: 50061,
      metricsPort: 9464,
      logLevel: 'debug',
      callees: [
        { name: 'Service B', address: 'b.example:1' },
        { name: 'Service C', address: '[::1]:65535' },
      ],
      queueName: 'another',
      dataDirectory: '/var/lib/greeting',
    });
  });

  const levels = 'trace, debug, info, warn, error, fatal, silent';
  const faulty: readonly (readonly [name: string, environment: Record<string, string>, faults: readonly string[]])[] = [
    ['no name', {}, ['SERVICE_NAME must be set: one of Service A … Service H']],
    [
      'an unknown name',
      { SERVICE_NAME: 'Service Z' },
      ['SERVICE_NAME "Service Z" is unknown: one of Service A … Service H'],
    ],
    [
      'a name of every object',
      { SERVICE_NAME: 'constructor' },
      ['SERVICE_NAME "constructor" is unknown: one of Service A … Service H'],
    ],
    ['port 0', { SERVICE_NAME: 'Service A', PORT: '0' }, ['PORT "0" must be a number from 1 to 65535']],
    [
      'a port too high',
      { SERVICE_NAME: 'Service A', PORT: '65536' },
      ['PORT "65536" must be a number from 1 to 65535'],
    ],
    [
      'a port in hexadecimal',
      { SERVICE_NAME: 'Service A', PORT: '0x50' },
      ['PORT "0x50" must be a number from 1 to 65535'],
    ],
    [
      'everything at once, and no password',
      {
        SERVICE_NAME: 'Service B',
        PORT: 'http',
        METRICS_PORT: '-1',
        LOG_LEVEL: 'loud',
        SERVICE_D_URL: 'http://service-d:50051',
        SERVICE_E_URL: 'service-e',
        MONGO_CONN: 'mongodb://user:secret@host',
        RABBITMQ_CONN: 'amqp://user:secret@host',
      },
      [
        'PORT "http" must be a number from 1 to 65535',
        'METRICS_PORT "-1" must be a number from 1 to 65535',
        `LOG_LEVEL "loud" must be one of ${levels}`,
        'SERVICE_D_URL "http://service-d:50051" must be host:port',
        'SERVICE_E_URL "service-e" must be host:port',
        'MONGO_CONN is set, but MongoDB is not supported yet: unset it to keep messages in files (DATA_DIR)',
        'RABBITMQ_CONN is set, but RabbitMQ is not supported yet: unset it to queue in a file (DATA_DIR)',
      ],
    ],
  ];
  for (const [name, environment, faults] of faulty) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => readConfiguration(environment),
        (error) => {
          assert.ok(error instanceof ConfigurationError);
          assert.deepEqual(error.faults, faults);
          assert.equal(error.message, faults.join('; '));
          return true;
        },
      );
    });
  }
});
