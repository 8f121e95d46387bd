// What the peers in JavaScript share: a fake of their own, its commands, and TAP.
'use strict';
const { spawn, execFile } = require('child_process');
const { promisify } = require('util');
const path = require('path');
const Module = require('module');

const FAKE = path.join(__dirname, '..', 'fakes', 'telegram');
const TOKEN = '123456:peer-SECRET';
const run = promisify(execFile);

let count = 0;
let failed = 0;

function ok(good, name, got) {
	count++;
	failed += good ? 0 : 1;
	console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
	if (!good && got !== undefined)
		console.log('#   got: ' + (got instanceof Error ? got.stack : JSON.stringify(got))
			.replace(/\n/g, '\n#   '));
}

// The error that a promise ends with; a promise that is kept is none.
async function error(promise) {
	try {
		const value = await promise;
		return new Error('no error, but ' + JSON.stringify(value));
	} catch (e) {
		return e;
	}
}

// From .cache/peers, as share/setup peers left it there.
function library(name) {
	return Module.createRequire(path.join(__dirname, '..', '..', '.cache', 'peers', 'x.js'))(name);
}

// Starts a fake, runs test(api, tg) and ends it: api is its base URL, tg('say', { user: 1 }) a
// command to it.
async function withFake(test) {
	const child = spawn(FAKE, ['--token', TOKEN], { stdio: ['ignore', 'pipe', 'inherit'] });
	const deadline = setTimeout(() => {
		console.log('Bail out! not done within 120 s');
		child.kill('SIGKILL');
		process.exit(1);
	}, 120000);
	try {
		const port = await new Promise((resolve, reject) => {
			child.stdout.once('data', (data) => resolve(parseInt(data, 10)));
			child.once('error', reject);
			child.once('exit', () => reject(new Error('the fake ended')));
		});
		const tg = async (command, keys = {}) => {
			const words = Object.entries(keys).map(([k, v]) => `${k}=${v}`);
			const { stdout } = await run(FAKE, ['--at', port, command, ...words]);
			const lines = stdout.split('\n').filter((line) => line);
			return lines.map((line) => JSON.parse(line));
		};
		await test(`http://127.0.0.1:${port}`, tg);
	} catch (e) {
		ok(false, 'no error that was not expected', e);
	} finally {
		clearTimeout(deadline);
		child.kill('SIGKILL');
	}
	done();
}

// The plan, and the end.
function done() {
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

module.exports = { TOKEN, ok, error, library, withFake, done };
