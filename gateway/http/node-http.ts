/**
 * What is needed of node:http as values. Not by an import: that reads every export, one of which (WebSocket) loads Node's
 * whole fetch, 20 ms of each start.
 */
export const { METHODS, STATUS_CODES } = process.getBuiltinModule('node:http');
