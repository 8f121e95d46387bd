// Codex has the tools of an MCP server in a namespace of the Responses API, which the model that
// answers it here does not know: its calls get theirs on the way. node namespaces.js URL
'use strict';
const http = require('http');

const target = process.argv[2];

http.createServer((request, response) => {
	const body = [];
	request.on('data', (piece) => body.push(piece));
	request.on('end', () => {
		const { method, headers } = request;
		http.request(target + request.url, { method, headers }, (answer) => {
			let text = '';
			answer.setEncoding('utf8');
			answer.on('data', (piece) => { text += piece; });
			answer.on('end', () => {
				delete answer.headers['content-length'];
				delete answer.headers['transfer-encoding'];
				response.writeHead(answer.statusCode, answer.headers);
				response.end(text.replace(/"name":"(mcp__bgjob)__(\w+)"/g, '"name":"$2","namespace":"$1"'));
			});
		}).end(Buffer.concat(body));
	});
}).listen(0, '127.0.0.1', function listening() {
	console.log(`http://127.0.0.1:${this.address().port}`);
});
