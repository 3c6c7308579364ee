CREATE TABLE publisher_post (
	list_id VARCHAR(255) NOT NULL, 
	advisory VARCHAR(32) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	revision INTEGER NOT NULL, 
	message_id VARCHAR(255) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (list_id, advisory, language, revision)
);

CREATE TABLE publisher_refusal (
	list_id VARCHAR(255) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (list_id, message)
);

