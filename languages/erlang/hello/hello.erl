%% Answers on $PORT with the version of Erlang/OTP, the time zone, and what a native function in C says.
-module(hello).
-export([start/0, do/1]).
-nifs([answer/0]).
-on_load(load/0).

load() -> erlang:load_nif("/app/native", 0).

answer() -> erlang:nif_error(not_loaded).

start() ->
    ok = inets:start(),
    {ok, _} = inets:start(httpd, [
        {port, list_to_integer(os:getenv("PORT", "8080"))},
        {server_name, "hello"},
        {server_root, "/tmp"},
        {document_root, "/tmp"},
        {modules, [?MODULE]}
    ]).

%% What inets calls for each request.
do(_Request) ->
    Body = io_lib:format("{\"language\":\"erlang\",\"version\":\"~s\",\"timezone\":\"~s\",\"native\":~b}", [
        version(), time_zone(), answer()
    ]),
    Head = [{code, 200}, {content_type, "application/json"}, {content_length, integer_to_list(iolist_size(Body))}],
    {proceed, [{response, {response, Head, Body}}]}.

%% system_info(otp_release) has no more than `27`.
version() ->
    File = filename:join([code:root_dir(), "releases", erlang:system_info(otp_release), "OTP_VERSION"]),
    {ok, Version} = file:read_file(File),
    string:trim(Version).

%% RFC 3339 ends with +09:00.
time_zone() ->
    Now = calendar:system_time_to_rfc3339(erlang:system_time(second)),
    lists:delete($:, lists:nthtail(length(Now) - 6, Now)).
