import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describePrograms } from './programs.ts';

describe('the nine programs', () => {
  const environment = { LOG_LEVEL: 'debug', SERVICE_H_URL: 'elsewhere:1', METRICS_PORT: '9464', PORT: '9000' };
  const { gateway, services } = describePrograms(
    { gatewayPort: 9000, servicesPort: 51051, otherServicesPort: undefined },
    environment,
  );

  test('are the services on ports in a row, each knowing the others', () => {
    assert.deepEqual(
      services.map(({ name, port }) => [name, port]),
      ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((letter, index) => [`Service ${letter}`, 51051 + index]),
    );
    assert.deepEqual(services[2]?.environment, {
      ...environment,
      METRICS_PORT: undefined,
      SERVICE_NAME: 'Service C',
      HOST: '127.0.0.1',
      PORT: '51053',
      SERVICE_A_URL: '127.0.0.1:51051',
      SERVICE_B_URL: '127.0.0.1:51052',
      SERVICE_C_URL: '127.0.0.1:51053',
      SERVICE_D_URL: '127.0.0.1:51054',
      SERVICE_E_URL: '127.0.0.1:51055',
      SERVICE_F_URL: '127.0.0.1:51056',
      SERVICE_G_URL: '127.0.0.1:51057',
    });
  });

  test('are the gateway in front of Service A', () => {
    const command = gateway.command.join(' ');
    assert.equal(
      command,
      '--min-semi-space-size=8 --max-semi-space-size=8 gateway/main.js ' +
        '--proto greeting/greeting.proto --proto greeting/edge.proto --proto-path proto ' +
        '--upstream 127.0.0.1:51051 --listen 127.0.0.1:9000 --cors-origin * --http-status-metadata x-http-code',
    );
  });
});
