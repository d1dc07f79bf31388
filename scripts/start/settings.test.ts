import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings, SettingsError } from './settings.ts';

describe('the settings of npm start', () => {
  test('have defaults', () => {
    const usual = { gatewayPort: 8080, servicesPort: 50051, otherServicesPort: 20051 };
    assert.deepEqual(readSettings({}, []), usual);
    assert.deepEqual(readSettings({ PORT: '', SERVICES_PORT: '' }, []), usual);
  });

  test('are ports', () => {
    assert.deepEqual(readSettings({ PORT: '65535', SERVICES_PORT: '65527' }, []), {
      gatewayPort: 65535,
      servicesPort: 65527,
      otherServicesPort: undefined,
    });
  });

  for (const flag of ['--help', '-h']) {
    test(`are explained by ${flag}`, () => assert.equal(readSettings({ PORT: 'x' }, [flag]), 'help'));
  }

  const faulty: readonly (readonly [environment: Record<string, string>, commandLine: string[], message: string])[] = [
    [{ PORT: '0' }, [], 'PORT "0" must be a number from 1 to 65535'],
    [{ PORT: '8e1' }, [], 'PORT "8e1" must be a number from 1 to 65535'],
    [{ SERVICES_PORT: '65529' }, [], 'SERVICES_PORT "65529" must be a number from 1 to 65528'],
    [{ PORT: '50058' }, [], 'PORT 50058 is one of the ports that follow SERVICES_PORT 50051'],
    [
      { PORT: 'a', SERVICES_PORT: 'b' },
      [],
      'PORT "a" must be a number from 1 to 65535; SERVICES_PORT "b" must be a number from 1 to 65528',
    ],
    [
      {},
      ['9000'],
      "Unexpected argument '9000'. This command does not take positional arguments; settings are environment variables: --help",
    ],
  ];
  for (const [environment, commandLine, message] of faulty) {
    test(`are refused: ${message}`, () => {
      assert.throws(() => readSettings(environment, commandLine), new SettingsError(message));
    });
  }
});
