import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePathTemplate } from './path-template.ts';
import { createRouteTable, type RouteTable } from './route-table.ts';

/** A table of "GET /v1/{name}" lines; the value of a route is its line. */
function tableOf(...lines: readonly string[]): RouteTable<string> {
  return createRouteTable(
    lines.map((line) => {
      const [httpMethod = '', template = ''] = line.split(' ');
      return { httpMethod, template: parsePathTemplate(template), value: line };
    }),
  );
}

/** A match as text: "GET /v1/{name} → abc", "405 GET, HEAD", "404" or "400 why". */
function outline(table: RouteTable<string>, request: string): string {
  const space = request.indexOf(' ');
  const match = table.match(request.slice(0, space), request.slice(space + 1));
  switch (match.kind) {
    case 'found':
      return [match.value, ...match.captures.map((value) => JSON.stringify(value))].join(' ');
    case 'method':
      return `405 ${match.allow.join(', ')}`;
    case 'malformed':
      return `${match.httpStatus} ${match.message}`;
    case 'none':
      return '404';
  }
}

type Case = readonly [request: string, expected: string];

function holds(title: string, lines: readonly string[], cases: readonly Case[]): void {
  suite(title, () => {
    for (const [order, table] of [
      ['as declared', tableOf(...lines)],
      ['reversed', tableOf(...lines.toReversed())],
    ] as const) {
      for (const [request, expected] of cases) {
        test(`${request}, ${order}`, () => assert.equal(outline(table, request), expected));
      }
    }
  });
}

holds(
  'paths',
  [
    'GET /',
    'GET /p/simple/{name}',
    'POST /p/simple/{name}:archive',
    'GET /p/{name=shelves/*}',
    'GET /p/{name=shelves/*/books/*}',
    'POST /p/{name=shelves/*/books/*}:check-out',
    'GET /p/files/{name=**}',
    'GET /p/files/{name=**}:stat',
    'GET /p/{name=tree/**}',
    'GET /p/mid/{name=**}/end',
    'GET /p/late/{a=**}/x/{b}/{c=y/*}',
    'GET /p/star/*/x',
    'GET /p/any/**',
    'GET /p/multi/{a}/{b}/{c=x/*}',
    'GET /p/lit.e-r_a~l/$x/{name}',
    'GET /p/{name=fixed}/{other=fixed/too}',
  ],
  [
    ['GET /', 'GET /'],
    ['GET /p/simple/abc', 'GET /p/simple/{name} "abc"'],
    ['GET /p/simple/', 'GET /p/simple/{name} ""'],
    ['GET /p/simple', '404'],
    ['GET //p/simple/abc', '404'],
    ['GET /p//simple/abc', '404'],
    ['GET /p/simple/abc/', '404'],
    ['GET /p/simple/.', 'GET /p/simple/{name} "."'],
    ['GET /p/simple/..', 'GET /p/simple/{name} ".."'],
    ['GET /p/x/../simple/abc', '404'],
    ["GET /p/simple/a!$&'()*+,;=@b", `GET /p/simple/{name} "a!$&'()*+,;=@b"`],
    ['GET /p/simple/a:b', 'GET /p/simple/{name} "a:b"'],
    ['GET /p/simple/%7ehome%5B1%5D', 'GET /p/simple/{name} "~home[1]"'],
    ['POST /p/simple/x:archive', 'POST /p/simple/{name}:archive "x"'],
    ['POST /p/simple/:archive', 'POST /p/simple/{name}:archive ""'],
    ['POST /p/simple/x%3Aarchive', '405 GET, HEAD'],
    ['POST /p/simple/x:%61rchive', 'POST /p/simple/{name}:archive "x"'],
    ['POST /p/simple/x:destroy', '405 GET, HEAD'],
    ['POST /p/simple/x', '405 GET, HEAD'],
    ['GET /p/simple/x:archive', 'GET /p/simple/{name} "x:archive"'],
    ['GET /p/shelves/1', 'GET /p/{name=shelves/*} "shelves/1"'],
    ['GET /p/shelves/', 'GET /p/{name=shelves/*} "shelves/"'],
    ['GET /p/shelves', '404'],
    ['GET /p/shelves/s%201/books/b%3A2', 'GET /p/{name=shelves/*/books/*} "shelves/s 1/books/b:2"'],
    ['GET /p/shelves/1/tomes/2', '404'],
    ['GET /p/shelves/1/books/2/pages', '404'],
    ['POST /p/shelves/1/books/2:check-out', 'POST /p/{name=shelves/*/books/*}:check-out "shelves/1/books/2"'],
    ['GET /p/files/a/b/c.txt', 'GET /p/files/{name=**} "a/b/c.txt"'],
    ['GET /p/files', 'GET /p/files/{name=**} ""'],
    ['GET /p/files/', 'GET /p/files/{name=**} ""'],
    ['GET /p/files/a/b/', 'GET /p/files/{name=**} "a/b/"'],
    ['GET /p/files/a//b', 'GET /p/files/{name=**} "a//b"'],
    ['GET /p/files/a/b:stat', 'GET /p/files/{name=**}:stat "a/b"'],
    ['GET /p/files/:stat', 'GET /p/files/{name=**}:stat ""'],
    ['GET /p/files:stat', 'GET /p/files/{name=**}:stat ""'],
    ['GET /p/files/a:stat/b', 'GET /p/files/{name=**} "a:stat/b"'],
    ['GET /p/tree', 'GET /p/{name=tree/**} "tree"'],
    ['GET /p/tree/', 'GET /p/{name=tree/**} "tree/"'],
    ['GET /p/tree/a/b', 'GET /p/{name=tree/**} "tree/a/b"'],
    ['GET /p/mid/a/b/end', 'GET /p/mid/{name=**}/end "a/b"'],
    ['GET /p/mid/end/end/end', 'GET /p/mid/{name=**}/end "end/end"'],
    ['GET /p/mid/end', 'GET /p/mid/{name=**}/end ""'],
    ['GET /p/mid', '404'],
    ['GET /p/mid/a/b', '404'],
    ['GET /p/late/x/1/y/2', 'GET /p/late/{a=**}/x/{b}/{c=y/*} "" "1" "y/2"'],
    ['GET /p/late/q/x/1/y/2', 'GET /p/late/{a=**}/x/{b}/{c=y/*} "q" "1" "y/2"'],
    ['GET /p/late/q/r/x/1%2F/y/2%2F', 'GET /p/late/{a=**}/x/{b}/{c=y/*} "q/r" "1/" "y/2%2F"'],
    ['GET /p/star/a/x', 'GET /p/star/*/x'],
    ['GET /p/star//x', 'GET /p/star/*/x'],
    ['GET /p/star/a/b/x', '404'],
    ['GET /p/any', 'GET /p/any/**'],
    ['GET /p/any/a/b', 'GET /p/any/**'],
    ['GET /p/multi/aa/-5/x/y', 'GET /p/multi/{a}/{b}/{c=x/*} "aa" "-5" "x/y"'],
    ['GET /p/lit%2Ee-r%5Fa~l/%24x/v', 'GET /p/lit.e-r_a~l/$x/{name} "v"'],
    ['GET /p/fixed/fixed/too', 'GET /p/{name=fixed}/{other=fixed/too} "fixed" "fixed/too"'],
    ['GET /p/f%69xed/fixed/too', 'GET /p/{name=fixed}/{other=fixed/too} "fixed" "fixed/too"'],
    ['GET /nowhere', '404'],
    ['GET /p', '404'],
    ['GET ', '404'],
    ['GET *', '404'],
    ['GET p/simple/abc', '404'],
  ],
);

holds(
  'decoding',
  ['GET /one/{a}', 'GET /two/{a=x/*}', 'GET /rest/{a=**}', 'GET /a%2Fb/%C3%A9', 'GET /日本'],
  [
    ['GET /one/a%2Fb%2fc', 'GET /one/{a} "a/b/c"'],
    ['GET /one/100%25', 'GET /one/{a} "100%"'],
    ['GET /one/%252F', 'GET /one/{a} "%2F"'],
    ['GET /one/a+b', 'GET /one/{a} "a+b"'],
    ['GET /one/%00', 'GET /one/{a} "\\u0000"'],
    ['GET /one/%C3%A9%E6%97%A5', 'GET /one/{a} "é日"'],
    ['GET /one/\u00c3\u00a9', 'GET /one/{a} "é"'],
    ['GET /one/%EF%BB%BFx', 'GET /one/{a} "\ufeffx"'],
    ['GET /one/%F0%9F%98%80', 'GET /one/{a} "😀"'],
    ['GET /two/x/a%2Fb%2fc%20%3F', 'GET /two/{a=x/*} "x/a%2Fb%2fc ?"'],
    ['GET /two/x%2Fy', 'GET /two/{a=x/*} "x/y"'],
    ['GET /two/x%2fa%20b', 'GET /two/{a=x/*} "x/a b"'],
    ['GET /two%2Fx%2Fy', '404'],
    ['GET /two/x%2Fy%2Fz', '404'],
    ['GET /rest/a%2Fb/c', 'GET /rest/{a=**} "a%2Fb/c"'],
    ['GET /rest/%252F', 'GET /rest/{a=**} "%2F"'],
    ['GET /rest/one%2fsegment', 'GET /rest/{a=**} "one%2fsegment"'],
    ['GET /rest%2Fx', '404'],
    ['GET /a%2fb/%c3%a9', 'GET /a%2Fb/%C3%A9'],
    ['GET /a/b/%c3%a9', '404'],
    ['GET /%E6%97%A5%E6%9C%AC', 'GET /日本'],
    ['GET /one/a%', '400 invalid URL escape "%"'],
    ['GET /one/a%2', '400 invalid URL escape "%2"'],
    ['GET /one/a%zz', '400 invalid URL escape "%zz"'],
    ['GET /one/%2%20', '400 invalid URL escape "%2%"'],
    ['GET /nowhere/%g0', '400 invalid URL escape "%g0"'],
    ['GET /one/%FF', '400 path is not UTF-8'],
    ['GET /one/\u00ff', '400 path is not UTF-8'],
    ['GET /one/%ED%A0%80', '400 path is not UTF-8'],
    ['GET /one/%C0%AF', '400 path is not UTF-8'],
    ['GET /one/%E6/%97%A5', '400 path is not UTF-8'],
    ['GET /one/\u65e5', '400 path is not UTF-8'],
  ],
);

holds(
  'specificity',
  [
    'GET /r/{id}',
    'GET /r/fixed',
    'GET /r/{id=**}',
    'GET /r/{id}/two',
    'GET /r/a/{id=**}',
    'GET /s/{a=**}/end',
    'GET /s/{a=**}/x/{b}',
    'GET /s/{a=**}',
    'GET /u/{a=**}/{b}',
    'GET /u/{a=**}/{b}/y',
    'GET /u/{a=**}',
    'GET /w/{a=**}/{b}',
    'GET /t/a/{x}/c',
    'GET /t/{x}/b/d',
    'GET /t/{x=**}',
  ],
  [
    ['GET /r/abc', 'GET /r/{id} "abc"'],
    ['GET /r/fixed', 'GET /r/fixed'],
    ['GET /r/f%69xed', 'GET /r/fixed'],
    ['GET /r', 'GET /r/{id=**} ""'],
    ['GET /r/x/two', 'GET /r/{id}/two "x"'],
    ['GET /r/x/three', 'GET /r/{id=**} "x/three"'],
    ['GET /r/a/two', 'GET /r/a/{id=**} "two"'],
    ['GET /r/a', 'GET /r/a/{id=**} ""'],
    ['GET /s/1/x/end', 'GET /s/{a=**}/x/{b} "1" "end"'],
    ['GET /s/1/2/end', 'GET /s/{a=**}/end "1/2"'],
    ['GET /s/end', 'GET /s/{a=**}/end ""'],
    ['GET /s/1/2', 'GET /s/{a=**} "1/2"'],
    ['GET /u/1', 'GET /u/{a=**} "1"'],
    ['GET /u', 'GET /u/{a=**} ""'],
    ['GET /u/1/2', 'GET /u/{a=**}/{b} "1" "2"'],
    ['GET /u/1/y', 'GET /u/{a=**}/{b} "1" "y"'],
    ['GET /u/1/2/y', 'GET /u/{a=**}/{b}/y "1" "2"'],
    ['GET /w/1', 'GET /w/{a=**}/{b} "" "1"'],
    ['GET /w', '404'],
    ['GET /t/a/b/c', 'GET /t/a/{x}/c "b"'],
    ['GET /t/a/b/d', 'GET /t/{x}/b/d "a"'],
    ['GET /t/a/b/e', 'GET /t/{x=**} "a/b/e"'],
  ],
);

holds(
  'verbs',
  [
    'GET /verb/{id}',
    'GET /verb/{id}:cancel',
    'GET /only/{id}:go',
    'GET /lit:sync',
    'GET /many/{id}:b:c',
    'GET /many/{id}:c',
    'GET /many/{id}',
    'GET /deep/{id=**}:go',
    'GET /deep/a/b',
    'GET /deep/a/{id}',
    'GET /inner/{id=a:go}',
    'GET /inner/{id}:go',
    'GET /:root',
  ],
  [
    ['GET /verb/x', 'GET /verb/{id} "x"'],
    ['GET /verb/x:cancel', 'GET /verb/{id}:cancel "x"'],
    ['GET /verb/x:other', 'GET /verb/{id} "x:other"'],
    ['GET /verb/x:cancel:cancel', 'GET /verb/{id}:cancel "x:cancel"'],
    ['GET /verb/x:cancel:other', 'GET /verb/{id} "x:cancel:other"'],
    ['GET /verb/:cancel', 'GET /verb/{id}:cancel ""'],
    ['GET /verb/x:', 'GET /verb/{id} "x:"'],
    ['GET /verb/a%2Fb%3A:cancel', 'GET /verb/{id}:cancel "a/b:"'],
    ['GET /only/x', '404'],
    ['GET /only/x:go', 'GET /only/{id}:go "x"'],
    ['GET /only/x:stay', '404'],
    ['GET /only:go', '404'],
    ['GET /lit:sync', 'GET /lit:sync'],
    ['GET /lit%3Async', '404'],
    ['GET /lit', '404'],
    ['GET /many/1:b:c', 'GET /many/{id}:b:c "1"'],
    ['GET /many/1:x:c', 'GET /many/{id}:c "1:x"'],
    ['GET /many/1:a:b:c', 'GET /many/{id}:b:c "1:a"'],
    ['GET /many/1:c:b', 'GET /many/{id} "1:c:b"'],
    ['GET /many/:c', 'GET /many/{id}:c ""'],
    ['GET /many/::c', 'GET /many/{id}:c ":"'],
    ['GET /deep/a/b:go', 'GET /deep/{id=**}:go "a/b"'],
    ['GET /deep/a/b', 'GET /deep/a/b'],
    ['GET /deep/a/b:stay', 'GET /deep/a/{id} "b:stay"'],
    ['GET /inner/a:go', 'GET /inner/{id}:go "a"'],
    ['GET /inner/a%3Ago', 'GET /inner/{id=a:go} "a:go"'],
    ['GET /:root', 'GET /:root'],
    ['GET /', '404'],
  ],
);

holds(
  'methods',
  [
    'GET /m/{id}',
    'PUT /m/{id}',
    'DELETE /m/{id}',
    'POST /m/{id}:go',
    'HEAD /c/{id}',
    'OPTIONS /c/{id}',
    'HEAD /h/{id}',
    'GET /h/fixed',
    'GET /g/fixed',
    '* /g/{id}',
    '* /any/{id}',
    'POST /any/{id}',
    'GET /any/{id=**}',
    '* /any/x',
    'BREW /pot',
  ],
  [
    ['GET /m/1', 'GET /m/{id} "1"'],
    ['PUT /m/1', 'PUT /m/{id} "1"'],
    ['HEAD /m/1', 'GET /m/{id} "1"'],
    ['POST /m/1', '405 DELETE, GET, HEAD, PUT'],
    ['OPTIONS /m/1', '405 DELETE, GET, HEAD, PUT'],
    ['OPTIONS /m/1:go', '405 DELETE, GET, HEAD, POST, PUT'],
    ['get /m/1', '405 DELETE, GET, HEAD, PUT'],
    ['BREW /m/1', '405 DELETE, GET, HEAD, PUT'],
    ['BREW /pot', 'BREW /pot'],
    ['GET /pot', '405 BREW'],
    ['HEAD /pot', '405 BREW'],
    ['HEAD /c/1', 'HEAD /c/{id} "1"'],
    ['OPTIONS /c/1', 'OPTIONS /c/{id} "1"'],
    ['GET /c/1', '405 HEAD, OPTIONS'],
    ['HEAD /h/fixed', 'HEAD /h/{id} "fixed"'],
    ['GET /h/fixed', 'GET /h/fixed'],
    ['GET /g/fixed', 'GET /g/fixed'],
    ['HEAD /g/fixed', 'GET /g/fixed'],
    ['PUT /g/fixed', '* /g/{id} "fixed"'],
    ['HEAD /g/1', '* /g/{id} "1"'],
    ['PATCH /any/1', '* /any/{id} "1"'],
    ['OPTIONS /any/1', '* /any/{id} "1"'],
    ['HEAD /any/1', '* /any/{id} "1"'],
    ['POST /any/1', 'POST /any/{id} "1"'],
    ['POST /any/x', '* /any/x'],
    ['GET /any/1', '* /any/{id} "1"'],
    ['GET /any/1/2', 'GET /any/{id=**} "1/2"'],
    ['PATCH /any/1/2', '405 GET, HEAD'],
    ['PROPFIND /nowhere', '404'],
  ],
);

suite('HEAD and "*" without GET', () => {
  const table = tableOf('* /any/{id}', 'POST /any/{id}:go');
  const cases: readonly Case[] = [
    ['HEAD /any/1', '* /any/{id} "1"'],
    ['BREW /any/1', '* /any/{id} "1"'],
    ['POST /any/1', '* /any/{id} "1"'],
    ['POST /any/1:go', 'POST /any/{id}:go "1"'],
    ['BREW /any/1:go', '* /any/{id} "1:go"'],
  ];
  for (const [request, expected] of cases) test(request, () => assert.equal(outline(table, request), expected));
});

suite('conflicts', () => {
  const cases: readonly (readonly [lines: readonly string[], expected: readonly (readonly [string, string])[]])[] = [
    [['GET /a/{x}', 'GET /a/{y}'], [['GET /a/{x}', 'GET /a/{y}']]],
    [['GET /a/{y=*}', 'GET /a/*'], [['GET /a/{y=*}', 'GET /a/*']]],
    [['GET /{n=a/*}', 'GET /a/{x}'], [['GET /{n=a/*}', 'GET /a/{x}']]],
    [['GET /a%62', 'GET /ab'], [['GET /a%62', 'GET /ab']]],
    [['GET /a/{x=**}:go', 'GET /a/**:go'], [['GET /a/{x=**}:go', 'GET /a/**:go']]],
    [['* /a', '* /{n=a}', 'GET /b'], [['* /a', '* /{n=a}']]],
    [['HEAD /a', 'HEAD /{n=a}'], [['HEAD /a', 'HEAD /{n=a}']]],
    [
      ['GET /a', 'GET /{b=a}', 'GET /{c=a}'],
      [
        ['GET /a', 'GET /{b=a}'],
        ['GET /{b=a}', 'GET /{c=a}'],
      ],
    ],
    [['GET /a', 'POST /a', '* /a', 'GET /a:go', 'GET /a/**', 'GET /{x}', 'GET /a/**/b', 'GET /'], []],
    [['* /a', 'GET /a', 'HEAD /a'], []],
  ];
  for (const [lines, expected] of cases) {
    test(lines.join(', '), () => {
      const { conflicts } = tableOf(...lines);
      assert.deepEqual(
        conflicts.map(({ earlier, later }) => [earlier, later]),
        expected,
      );
    });
  }

  test('the later route serves', () => {
    const table = tableOf('GET /a/{x}', 'GET /a/{y}', 'GET /b', 'GET /{n=b}');
    assert.equal(outline(table, 'GET /a/1'), 'GET /a/{y} "1"');
    assert.equal(outline(table, 'GET /b'), 'GET /{n=b} "b"');
  });
});

suite('caps', () => {
  const long = 'a'.repeat(8190);
  const deep = '/a'.repeat(255);
  const table = tableOf('GET /{rest=**}');
  const cases: readonly (readonly [title: string, path: string, expected: string])[] = [
    ['longest path', `/b${long}`, `GET /{rest=**} "b${long}"`],
    ['one character more', `/bc${long}`, '414 path is longer than 8192 characters'],
    ['most segments', `/a${deep}`, `GET /{rest=**} "a${deep}"`],
    ['one segment more', `/a${deep}/`, '414 path has more than 256 segments'],
  ];
  for (const [title, path, expected] of cases) test(title, () => assert.equal(outline(table, `GET ${path}`), expected));

  test('other caps', () => {
    const route = { httpMethod: 'GET', template: parsePathTemplate('/**'), value: '/**' };
    const small = createRouteTable([route], { maxPathLength: 10, maxSegments: 2 });
    assert.equal(outline(small, 'GET /12345/789'), '/**');
    assert.equal(outline(small, 'GET /12345/7890'), '414 path is longer than 10 characters');
    assert.equal(outline(small, 'GET /1/2/3'), '414 path has more than 2 segments');
  });
});

test('an empty table', () => assert.equal(outline(tableOf(), 'GET /'), '404'));

holds(
  'slashes escaped by clients made from OpenAPI',
  [
    'GET /v1/{name=shelves/*}',
    'DELETE /v1/{name}',
    'POST /v1/{name=shelves/*/books/*}:lend',
    'PUT /v1/{a=x/*}/to/{b=y/*/z}',
    'GET /trees/{name=roots/**/leaves/*}/end',
    'GET /a/{b}',
  ],
  [
    ['GET /v1/shelves%2F1', 'GET /v1/{name=shelves/*} "shelves/1"'],
    ['HEAD /v1/shelves%2F1', 'GET /v1/{name=shelves/*} "shelves/1"'],
    ['DELETE /v1/shelves%2F1', 'DELETE /v1/{name} "shelves/1"'],
    ['GET /v1/shelves/1%2F2', 'GET /v1/{name=shelves/*} "shelves/1%2F2"'],
    ['POST /v1/shelves%2F1%2Fbooks%2F2:lend', 'POST /v1/{name=shelves/*/books/*}:lend "shelves/1/books/2"'],
    ['PUT /v1/x%2F1/to/y%2F%E6%97%A5%2Fz', 'PUT /v1/{a=x/*}/to/{b=y/*/z} "x/1" "y/日/z"'],
    ['PUT /v1/x%2F1%2Fto/y%2F2%2Fz', '404'],
    ['GET /trees/roots%2Fa%2Fb%2Fleaves%2F1/end', 'GET /trees/{name=roots/**/leaves/*}/end "roots/a/b/leaves/1"'],
    ['GET /trees/roots%2Fleaves%2F1%2Fend', '404'],
    ['GET %2Fa/b', '404'],
    ['GET /a%2Fb', '404'],
    ['GET /v1/nothing%2F1', '405 DELETE'],
  ],
);
