%% Each function shows that a promise is kept.
-module(probes).
-export([time_zone/0, unicode/0, tls/0, standard_library/0]).

%% OTP, without what is for Windows alone or no application: erl_interface, jinterface.
-define(APPLICATIONS, [
    asn1, common_test, compiler, crypto, debugger, dialyzer, diameter, edoc, eldap, et, eunit, ftp, inets, kernel, megaco,
    mnesia, observer, odbc, os_mon, parsetools, public_key, reltool, runtime_tools, sasl, snmp, ssh, ssl, stdlib,
    syntax_tools, tftp, tools, wx, xmerl
]).

%% The local time of Unix time 0.
time_zone() ->
    {_, {Hour, Minute, _}} = calendar:universal_time_to_local_time({{1970, 1, 1}, {0, 0, 0}}),
    io:format("~2..0b:~2..0b~n", [Hour, Minute]).

%% Letters that only UTF-8 has all of. Before 26, Erlang writes Latin-1 to a pipe until it is told otherwise.
unicode() ->
    ok = io:setopts([{encoding, unicode}]),
    io:format("~ts~n", ["d\x{e9}j\x{e0} \x{2713}"]).

%% What is at $URL, if the system's certificate authorities vouch for it.
tls() ->
    ok = ssl:start(),
    ok = inets:start(),
    Host = [{customize_hostname_check, [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}],
    Trust = [{verify, verify_peer}, {cacerts, public_key:cacerts_get()} | Host],
    {ok, {_, _, Body}} = httpc:request(get, {os:getenv("URL"), []}, [{ssl, Trust}], []),
    io:put_chars(Body).

%% Each application that is not there, or of which a module or what it is written in C does not load.
standard_library() ->
    [io:format("~s~n", [Name]) || Name <- ?APPLICATIONS, not loads(Name)].

loads(Application) ->
    case code:lib_dir(Application) of
        {error, bad_name} -> false;
        Folder -> lists:all(fun load/1, filelib:wildcard(filename:join(Folder, "ebin/*.beam")))
    end.

load(File) ->
    Module = list_to_atom(filename:basename(File, ".beam")),
    case code:ensure_loaded(Module) of
        {module, Module} -> true;
        {error, Why} -> io:format(standard_error, "~s: ~p~n", [Module, Why]), false
    end.
