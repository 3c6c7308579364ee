CREATE TABLE publisher_question (
	token VARCHAR(64) NOT NULL, 
	list_id VARCHAR(255) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	email VARCHAR(255) NOT NULL, 
	details TEXT NOT NULL, 
	sent BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (token)
);

CREATE TABLE publisher_put_off (
	name VARCHAR(64) NOT NULL, 
	list_id VARCHAR(255) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	email VARCHAR(255) NOT NULL, 
	host VARCHAR(255) NOT NULL, 
	network VARCHAR(255) NOT NULL, 
	turn BIGINT NOT NULL, 
	asked BIGINT NOT NULL, 
	due BIGINT NOT NULL, 
	answer TEXT NOT NULL, 
	PRIMARY KEY (name)
);

CREATE INDEX publisher_question_about ON publisher_question (list_id, kind, email);

CREATE INDEX publisher_put_off_turn ON publisher_put_off (list_id, kind, turn, asked);

CREATE INDEX publisher_put_off_network ON publisher_put_off (list_id, kind, network);

INSERT INTO publisher_question (token, list_id, kind, email, details, sent, until) SELECT publisher_request.token, publisher_request.list_id, publisher_request.kind, publisher_request.email, publisher_request.details, publisher_request.sent, publisher_request.until 
FROM publisher_request;

DROP TABLE publisher_request;

