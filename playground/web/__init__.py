"""The playground's page: what serves it, what it is told, and what it may ask for.

Everything is on one loopback address. `GET /` is the page with its token; `/page/...` are its modules, styles and vendored
libraries; `POST /files?name=...` (header `X-Playground-Token`) takes a file to be attached and answers `{"file", "name",
"size"}`; `GET /files/{id}/{name}?token=...` gives an attachment's bytes; `GET /live` is the WebSocket.

The WebSocket's messages are JSON objects. The page begins with `{"token": str, "resume": {"run": str, "seq": int} | null}`
and is answered by `{"type": "resumed"}` and what it missed, or by a whole snapshot; a wrong token closes with 4401. All ids
are strings of digits, all times milliseconds since 1970.

    snapshot   run, seq, now, bot: Bot, application: User, people: [User], users: {id: User}, guilds: [{id, name, channels:
               [{id, name}], members: [id]}], commands: [Discord's command objects], views: {person: {channel: View}}, board:
               Board, calls: [Call], refused: [str], budget: Budget, turns: [Turn], log: [str], answering: str

Then events, each with its `seq`; those that concern messages name the people who see it in `viewers`:

    message    message: Message, viewers        sent or edited: put it in its place by id, or replace it
    gone       message: id, channel, viewers    deleted, or dismissed by its one reader
    typing     channel, user, viewers
    failed     person, channel, message: id | null, name    nothing came within three seconds: "The application did not respond"
    commands   commands
    person     person: User, view: {channel: View}           somebody joined
    dms        person, open: bool
    bot        bot: Bot
    call       call: Call            budget   budget: Budget          board    board: Board
    turns      turns: [Turn]         refused  line: str               log      lines: [str]

    User     {id, name, bot}
    View     {id, kind: "dm" | "text", name, guild: id | null, open: bool, messages: [Message], more: bool}   oldest first
    Message  {id, channel, author, content, components: [Discord's], ephemeral, loading, v2, created, edited: ms | null,
             attachments: [{id, name, kind, size, url}], reply: {id, author, text} | null, command: {name, user} | null}
    Bot      {state: "stopped" | "starting" | "running" | "stopping", connected: bool, exit: int | null, words: str}
    Call     {number, method, route, status, ms, at}
    Budget   {over_all: {used, limit, seconds}, routes: [{route, place, used, limit, seconds}]}
    Turn     {id, person, session, state, error, steps: [{name, at}], parts: [{part, kind, state, surface}]}
    Board    {switches: [{id, group, label, about, kind: "choice" | "toggle" | "action", value, options: [{value, label}],
             available: bool, why: str}]}

The page asks with `{"n": int, "act": str, ...}` and is answered once with `{"type": "answer", "n", "ok": true, ...}` or
`{"type": "answer", "n", "ok": false, "error": sentence}`:

    say {person, channel, text, reply_to?, files?}         typing {person, channel}
    slash {person, channel, command, options}              once the bot acknowledged: {answered: bool, modal: Modal | null}
    use {person, message, command}                         a message command; answered likewise, as are the next three
    press {person, message, custom_id}                     choose {person, message, custom_id, values}
    submit {person, modal, values, files?}
    complete {person, channel, command, options, focus}    {choices: [{name, value}]}
    older {person, channel, before}                        {messages: [Message], more: bool}
    dismiss {person, message}    delete {person, message}    dms {person, open}    restart_client {person}
    add_person {name}            {person: id}
    switch {switch, value}       bot {do: "kill" | "start" | "restart" | "stop"}
    call {number}                {request, response}

    Modal    {id, title, components: [Discord's]}; `values` of a submit go by custom_id, a select's as a list; its `files`
             are in its first field for such
"""
